"""law - the hub's configuration and law: written, sealed and taken into force."""

import re
import signal

import client
from cast import CAST, ORIGIN
from processes import until


class Law:
    """The part of a world that writes and seals law."""

    def configure_hub(self):
        """Settings instead of what `hub init` wrote; of roles that are not in the cast no warning."""
        there = {role for role, _ in self.cast.values()}
        absent = sorted({f'"{role}"' for role, _ in CAST.values() if role not in there})
        line = f"absent_roles = [ {', '.join(absent)} ];\n"
        with open(self.hub.path("hub.conf"), encoding="utf-8") as conf:
            text = conf.read()
        if self.settings:
            text = f'origin = "{ORIGIN}";\nlisten = ["{self.endpoint}"];\n{self.settings}{line}'
        else:
            text = re.sub(r"(?m)^absent_roles = .*\n", line, text)
        with open(self.hub.path("hub.conf"), "w", encoding="utf-8") as conf:
            conf.write(text)

    def rules(self):
        """The text of the law; as `hub init` wrote it, the one that ships."""
        with open(self.hub.path("rules", "plan.rules"), encoding="utf-8") as file:
            return file.read()

    def packs(self, text=None):
        """The law as the journal keeps it."""
        text = (text or self.rules()).encode()
        return f"dabyl-packs/v1\npack plan.rules {len(text)}\n{text.decode()}"

    def may_differ(self):
        if not self.law:
            raise RuntimeError("say in World(law=...) why this is not the law as it ships")

    def drop_rules(self, *ids):
        """Take these rules out of the law."""
        self.may_differ()
        path, text = self.hub.path("rules", "plan.rules"), self.rules()
        for name in ids:
            text, n = re.subn(r'\{\n    id = "%s";\n(?:    [^\n]*\n)*\},\n' % re.escape(name), "", text)
            if n != 1:
                raise RuntimeError(f"the law has no rule {name}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def sealing_of_rules(self, officer):
        """The command that seals the hub's rules with this officer's key."""
        key, certificate = self.path(officer, "keys", "seal.key"), self.path(officer, "certs", "seal.pem")
        return (
            *("rules", "seal", self.hub.path("rules", "plan.rules"), "--origin", ORIGIN),
            *("--key", key, "--cert", certificate),
        )

    def seal_rules(self, officer):
        self.run(*self.sealing_of_rules(officer))

    def rules_seal(self, text, key="duty-nccis", origin=ORIGIN):
        """A seal over these rules, by whoever is named: also where the tool would refuse."""
        key = key if isinstance(key, client.SealKey) else self.officer_key(key)
        digest = client.sha(text.encode()).hex()
        signed = f"dabyl-rules/v1\n{origin}\n{key.id}\n{digest}\n".encode()
        return (
            f"dabyl-rules/v1\norigin {origin}\ndigest {digest}\n"
            f"sig ed25519 {key.id} {client.b64(key.sign(signed))}\n"
        )

    def write_rules(self, text, seal=None):
        """Put rules and their seal where the hub reads them."""
        self.may_differ()
        for name, data in (
            ("plan.rules", text),
            ("plan.rules.seal", seal or self.rules_seal(text)),
        ):
            with open(self.hub.path("rules", name), "w", encoding="utf-8") as file:
                file.write(data)

    def reload(self):
        """SIGHUP; the line of the hub's log that says how it went."""
        before = self.hub.process.text().count("law.re")
        self.hub.process.signal(signal.SIGHUP)

        def answered():
            lines = [line for line in self.hub.process.text().splitlines() if "law.re" in line]
            return lines[-1] if len(lines) > before else None

        return until(answered, "the hub says how the reload went")
