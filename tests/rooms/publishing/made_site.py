"""What the tests of the public site share: its places, and the marker that must never get out."""

MARKER = "zqxmarker"
COUNCIL, WARD, OTHER_WARD = "X90000001", "X91000001", "X91000002"
