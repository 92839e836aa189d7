"""Mails through a real SMTP server, one address refused; and what mail servers send back, read by the command."""

from __future__ import annotations

import json
import socketserver
import threading
from email.message import EmailMessage, MIMEPart

import pytest
from typer.testing import CliRunner

from commonweal.base.actions import post_mail
from commonweal.base.jobs import send_mail
from commonweal.base.models import Mail
from commonweal.base.queries import events_of, mails_come_back
from commonweal.base.returned import read_returned, without_addresses
from commonweal.base.scope import open_scope
from commonweal.web.commands.mail import app

pytestmark = pytest.mark.django_db


class Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs: it refuses whoever is called `nobody…`, and keeps the rest."""

    def answer(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.answer("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT" and "nobody" in line:
                self.answer(f"550 5.1.1 {line[8:]} User unknown")
            elif verb == "DATA":
                self.answer("354 go on")
                content = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    content += part
                self.server.kept.append(content)  # type: ignore[attr-defined]
                self.answer("250 kept")
            elif verb == "QUIT":
                self.answer("221 bye")
                return
            else:
                self.answer("250 ok")


@pytest.fixture
def server(settings):
    """A mail server on the loopback, and the settings that name it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as running:
        running.daemon_threads, running.kept = True, []  # type: ignore[attr-defined]
        threading.Thread(target=running.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.COMMONWEAL_MAIL_SERVER = "smtp://127.0.0.1"
        yield running
        running.shutdown()


@pytest.fixture
def posted(body, make_person, settings):
    """`posted("someone@example.org")`: a mail in the outbox."""
    settings.COMMONWEAL_MAIL_SERVER = "smtp://127.0.0.1"

    def post(address="reporter@example.org"):
        to, alerted = make_person(name="Ceri Reporter"), make_person("contract-manager", body=body)
        to.email = address
        to.save()
        with open_scope(body=body.pk):
            return post_mail(
                by=None, body=body, to=to, kind="test", about="base.body:x", subject_line="Please report",
                words="Hello", alerts=alerted,
            )  # fmt: skip

    return post


def now(mail):
    with open_scope(body=mail.body_id):
        return Mail.objects.select_related("alerts").get(pk=mail.pk)


def test_mail_goes_through_a_server_with_its_own_message_id(server, posted):
    mail = posted()
    send_mail(mail=mail.public_id, body=mail.body_id)
    assert now(mail).state == "sent"
    (content,) = server.kept
    assert f"Message-ID: <{mail.message_id}>".encode() in content


def test_address_that_the_server_refuses_is_noted_without_the_address(server, posted):
    mail = posted("nobody@example.org")
    send_mail(mail=mail.public_id, body=mail.body_id)
    kept = now(mail)
    assert kept.state == "refused"
    assert kept.reason.startswith("550 5.1.1")
    assert "nobody@" not in kept.reason
    assert server.kept == []
    with open_scope(body=mail.body_id):
        assert [each.pk for each in mails_come_back(kept.body, kept.alerts)] == [mail.pk]


def notification(message_id, *, action="failed", status="5.1.1", whole=True):
    """A delivery status notification as common servers write one."""
    told = EmailMessage()
    told["Subject"], told["From"], told["To"] = "Undelivered", "MAILER-DAEMON@mx.example", "us@example.org"
    told.set_content("I could not deliver your mail.")
    told.make_mixed()
    status_part = MIMEPart()
    status_part["Content-Type"] = "message/delivery-status"
    fields = EmailMessage()
    fields["Reporting-MTA"] = "dns; mx.example"
    recipient = EmailMessage()
    recipient["Final-Recipient"] = "rfc822; reporter@example.org"
    recipient["Action"], recipient["Status"] = action, status
    recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 <reporter@example.org>: User unknown"
    status_part.set_payload([fields, recipient])
    told.attach(status_part)
    original = EmailMessage()
    original["Message-ID"], original["Subject"] = f"<{message_id}>", "Please report"
    original.set_content("Hello")
    copy = MIMEPart()
    if whole:
        copy["Content-Type"] = "message/rfc822"
        copy.set_payload([original])
    else:
        copy["Content-Type"] = "text/rfc822-headers"
        copy.set_payload("".join(f"{name}: {value}\n" for name, value in original.items()))
    told.attach(copy)
    return told.as_bytes().replace(b"multipart/mixed", b'multipart/report; report-type="delivery-status"')


def run(tmp_path, *contents):
    names = []
    for number, content in enumerate(contents):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(content)
        names.append(str(path))
    answer = CliRunner().invoke(app, ["returned", *names, "--json"])
    if answer.exception and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer.exit_code, [each["outcome"] for each in json.loads(answer.stdout)["files"]]


@pytest.mark.parametrize("whole", [True, False])
def test_mail_that_came_back_is_noted_once_with_its_code_and_no_address(tmp_path, posted, whole):
    mail = posted()
    content = notification(mail.message_id, whole=whole)
    assert run(tmp_path, content) == (0, ["returned"])
    kept = now(mail)
    assert (kept.state, kept.reason) == ("returned", "5.1.1 550 5.1.1 the address: User unknown")
    assert run(tmp_path, content) == (0, ["noted"])
    with open_scope(body=mail.body_id):
        assert [each.action for each in events_of(mail.body)].count("base.mail.returned") == 1


def test_every_file_is_accounted_for(tmp_path, posted):
    mail, other = posted(), posted("second@example.org")
    files = [
        notification(mail.message_id), b"From: someone\n\nHello", b"\xff\x00", notification("abc@commonweal"),
        notification(other.message_id, action="delayed", status="4.4.1"), notification("abc@elsewhere.example"),
    ]  # fmt: skip
    assert run(tmp_path, *files) == (
        1, ["returned", "no-notification", "no-notification", "unknown", "delayed", "no-notification"],
    )  # fmt: skip
    assert now(other).state == "waiting"


def test_file_that_cannot_be_read_is_bad_input_and_nothing_is_noted(tmp_path, posted):
    mail = posted()
    (tmp_path / "a.eml").write_bytes(notification(mail.message_id))
    answer = CliRunner().invoke(app, ["returned", str(tmp_path / "a.eml"), str(tmp_path / "none.eml")])
    assert answer.exit_code == 2
    assert "none.eml" in answer.stderr
    assert now(mail).state == "waiting"


def test_a_message_larger_than_any_notification_is_none():
    assert read_returned(b"Content-Type: multipart/report\n\n" + b"x" * 5_000_001) is None


@pytest.mark.parametrize("words", ["<a.b@c.example>: no", "no a@b.example here", "(x@y.example)"])
def test_addresses_are_taken_out(words):
    assert "@" not in without_addresses(words)
