"""A real SMTP server (aiosmtpd) that misbehaves as it is told.

    relay.py FOLDER

In FOLDER, `relay.json` says how it runs: {"port", "tls", "certificate", "key", "user",
"password"}, all but the port optional; "tls" is "starttls" or "tls". `rules.json` says
what it does, read anew with every command: a list of

    {"at": "EHLO" | "MAIL" | "RCPT" | "DATA" | "END", "to": part of the recipient,
     "do": "hang" | "drop" | a reply such as "451 4.3.0 try later", "times": 1}

of which the first that fits counts, as often as it says or always. DATA is the command, END
the whole message: what is dropped or hangs there is kept first, because a server that dies
may have kept it. Messages are written as N.eml, beside N.json with their envelope;
`commands` has a line for every connection, and for every MAIL, RCPT and message.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

FOLDER = Path(sys.argv[1])
HOW = json.loads((FOLDER / "relay.json").read_text())
FIRED = {}
COUNT = 0


def note(line):
    with open(FOLDER / "commands", "a") as log:
        log.write(line + "\n")


def rule(at, to=""):
    try:
        rules = json.loads((FOLDER / "rules.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    for one in rules:
        if one["at"] != at or one.get("to", "") not in to:
            continue
        key = json.dumps(one, sort_keys=True)
        if FIRED.get(key, 0) >= one.get("times", 1_000_000):
            continue
        FIRED[key] = FIRED.get(key, 0) + 1
        return one["do"]
    return None


async def obey(server, do):
    """The reply to give; none where all is well."""
    if do == "hang":
        await asyncio.sleep(3600)
    if do == "drop":
        server.transport.abort()
        # Whatever is returned goes nowhere.
        return "421 4.0.0 gone"
    return do


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        do = await obey(server, rule("EHLO"))
        session.host_name = hostname
        return [do] if do else responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        note(f"MAIL {address}")
        do = await obey(server, rule("MAIL"))
        if do:
            return do
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        note(f"RCPT {address}")
        do = await obey(server, rule("RCPT", address))
        if do:
            return do
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        global COUNT
        do = rule("END", envelope.rcpt_tos[0])
        kept = do is None or do in ("hang", "drop")
        note(f"{'KEPT' if kept else 'REFUSED'} {envelope.rcpt_tos[0]}")
        if kept:
            COUNT += 1
            (FOLDER / f"{COUNT}.eml").write_bytes(envelope.original_content)
            about = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "options": envelope.mail_options,
                     "encrypted": server.transport.get_extra_info("cipher") is not None,
                     "hello": session.host_name, "peer": session.peer[1]}
            # Written last: who waits for it has the message as well.
            (FOLDER / f"{COUNT}.json.new").write_text(json.dumps(about))
            (FOLDER / f"{COUNT}.json.new").rename(FOLDER / f"{COUNT}.json")
        return await obey(server, do) or "250 2.0.0 OK: queued"


class Server(SMTP):
    def connection_made(self, transport):
        note("CONNECT")
        super().connection_made(transport)

    async def smtp_DATA(self, arg):
        to = self.envelope.rcpt_tos[0] if self.envelope.rcpt_tos else ""
        do = await obey(self, rule("DATA", to))
        if do:
            await self.push(do)
            return
        await super().smtp_DATA(arg)


def login(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (
        HOW.get("user"),
        HOW.get("password"),
    )
    return AuthResult(success=right, handled=right)


async def main():
    tls = None
    if HOW.get("tls"):
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(HOW["certificate"], HOW["key"])
    implicit = HOW.get("tls") == "tls"
    options = {"hostname": "relay.example.com", "enable_SMTPUTF8": HOW.get("utf8", True)}
    if tls and not implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    if "user" in HOW:
        options |= {"authenticator": login, "auth_required": True, "auth_require_tls": bool(tls)}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(Handler(), loop=loop, **options),
        host="127.0.0.1",
        port=HOW["port"],
        ssl=tls if implicit else None,
    )
    (FOLDER / "port").write_text(str(server.sockets[0].getsockname()[1]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
