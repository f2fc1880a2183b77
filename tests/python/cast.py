"""cast - who and what is in the world of a scenario: nodes, organisations, objects."""

ORIGIN = "dabyl.test/log"

# node: role, organisation.  One of each role that the scenarios need, two centres, two owners.
CAST = {
    "nccis": ("nccis", "STS"),
    "isoc-energy": ("isoc", "SOC-E"),
    "isoc-bank": ("isoc", "SOC-B"),
    "owner-grid": ("owner", "GRID"),
    "owner-bank": ("owner", "BANK"),
    "service": ("response-service", "CERT-S"),
    "authority": ("authority", "AUTH"),
    "knb": ("national-security", "KNB"),
    "mfa": ("foreign-affairs", "MFA"),
    "telecom": ("communications", "COMM"),
    "prosecutor": ("prosecutor", "GPO"),
    "hq": ("headquarters", "HQ"),
    "media": ("media", "MEDIA"),
    "partner": ("partner", "CERT-X"),
}

# object: sector, owner, serving centre or None, whether the plan covers it.
OBJECTS = {
    "obj-grid-1": ("power-supply", "GRID", "SOC-E", True),
    "obj-bank-1": ("banking", "BANK", "SOC-B", True),
    "obj-alone": ("transport", "GRID", None, True),
    "obj-sealed": ("communications", "GRID", "SOC-E", False),
}


def registry(organisations, objects):
    """The text of a registry; an organisation's name is its code in every language."""
    codes = [
        f'    {{ code = "{code}"; name = {{ kk = "{code}"; ru = "{code}"; en = "{code}"; }}; }}'
        for code in organisations
    ]
    lines = []
    for name, (sector, owner, isoc, covered) in objects.items():
        line = f'    {{ id = "{name}"; sector = "{sector}"; owner = "{owner}";'
        line += f' isoc = "{isoc}";' if isoc else ""
        lines.append(line + (" }" if covered else " in_scope = false; }"))
    return (
        "organisations = (\n" + ",\n".join(codes) + "\n);\n"
        "objects = (\n" + ",\n".join(lines) + "\n);\n"
    )
