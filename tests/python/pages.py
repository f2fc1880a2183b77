"""pages - what the console's pages are made of, run by node where there is one."""

import json
import os
import shutil
import subprocess
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def missing():
    """What the pages cannot run without here, or None."""
    if not shutil.which("node"):
        return "there is no node"
    able = 'crypto.webcrypto.subtle.generateKey("Ed25519", false, ["sign"]).catch(() => process.exit(1))'
    done = subprocess.run(["node", "-e", f'const crypto = require("crypto"); {able}'], capture_output=True, check=False)
    return None if done.returncode == 0 else "this node has no Ed25519 in WebCrypto"


def run(script, value):
    """What a script of tests/pages/ prints, as JSON; it reads `value` from its standard input.

    Pages are modules by their place in a browser; node wants to be told.
    """
    with tempfile.TemporaryDirectory(prefix="dabyl-pages-") as folder:
        shutil.copytree(os.path.join(TOP, "web", "pages"), os.path.join(folder, "pages"))
        shutil.copy(os.path.join(TOP, "tests", "pages", script), folder)
        with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as file:
            file.write('{"type": "module"}')
        done = subprocess.run(
            ["node", os.path.join(folder, script)], input=json.dumps(value), capture_output=True, text=True, check=False, timeout=60
        )
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.stderr}")
    return json.loads(done.stdout)
