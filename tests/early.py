"""What the tests' environment is, set before anything reads it (loaded by `-p tests.early`)."""

import os
import tempfile

# A folder of this run's own, with a space in its name, so that two runs side by side do not meet; workers inherit it.
os.environ.setdefault("COMMONWEAL_TEST_VAR", tempfile.mkdtemp(prefix="commonweal test "))
os.environ["COMMONWEAL_VAR"] = os.environ["COMMONWEAL_TEST_VAR"]
os.environ["COMMONWEAL_SECOND_FACTOR"] = "0"
os.environ["COMMONWEAL_DEMO"] = "0"
# A browser driven in this process keeps an event loop running beside the tests that ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
