"""Reads a message by Python's own library and says as JSON what it found, defects included.

    read_mail.py FILE
"""

import email
import email.policy
import json
import sys
from pathlib import Path

raw = Path(sys.argv[1]).read_bytes()
message = email.message_from_bytes(raw, policy=email.policy.default)


def defects(part):
    found = [str(defect) or type(defect).__name__ for defect in part.defects]
    for name, value in part.items():
        found.extend(f"{name}: {defect}" for defect in getattr(value, "defects", ()))
    for below in part.iter_parts() if part.is_multipart() else ():
        found.extend(defects(below))
    return found


def body(kind):
    part = message.get_body((kind,))
    return part.get_content() if part else None


wrong = defects(message)
if any(len(line) > 998 for line in raw.split(b"\r\n")):
    wrong.append("a line is too long")
if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
    wrong.append("a line break is not CRLF")
json.dump(
    {
        "headers": [[name, str(value)] for name, value in message.items()],
        "to": [[one.display_name, one.addr_spec] for one in message["to"].addresses],
        "from": [[one.display_name, one.addr_spec] for one in message["from"].addresses],
        "type": message.get_content_type(),
        "text": body("plain"),
        "html": body("html"),
        "defects": wrong,
    },
    sys.stdout,
)
