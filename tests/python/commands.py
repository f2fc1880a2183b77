"""commands - runs the programs of this build."""

import os
import subprocess

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODE = os.environ.get("MODE", "asan")


class Commands:
    """The part of a world that runs commands."""

    @staticmethod
    def program(name):
        return os.path.join(TOP, "build", MODE, name)

    def run(self, *arguments, program="dabyl", code=0, stdin=None, env=None):
        """Run a command; its output.  Any other exit code than expected is an error."""
        done = subprocess.run(
            [self.program(program), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=dict(os.environ, **(env or {})),
        )
        if code is not None and done.returncode != code:
            raise RuntimeError(
                f"{program} {' '.join(map(str, arguments))}: exit {done.returncode}, "
                f"expected {code}\n{done.stdout}{done.stderr}"
            )
        return (
            done.stdout + done.stderr
            if code is not None
            else (done.returncode, done.stdout + done.stderr)
        )

    def run_all(self, commands):
        """Run these commands of `dabyl` one after the other, in one process; all must end well."""
        lines = ["".join(f"{argument}\n" for argument in command) for command in commands]
        self.run(program="tools/commands", stdin="\n".join(lines))
