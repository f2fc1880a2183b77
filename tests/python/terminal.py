"""terminal - a command on a terminal of its own, as a person has it."""

import codecs
import fcntl
import os
import pty
import select
import struct
import termios

PATIENCE = 60  # seconds without a word


class Terminal:
    """Types when it is asked, and keeps all that was shown."""

    def __init__(self, program, *words, lang="en", columns=400, **env):
        self.shown, self.read, self.code = "", 0, None
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # Wide enough that what is waited for stands on one line.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
            os.environ.update({"DABYL_LANG": lang, "TERM": "dumb", **env})
            os.execv(program, [os.path.basename(program), *words])

    def more(self):
        """What comes next; "" at the end."""
        ready, _, _ = select.select([self.fd], [], [], PATIENCE)
        if not ready:
            raise TimeoutError(f"nothing more after: {self.shown[-400:]!r}")
        try:
            return self.decoder.decode(os.read(self.fd, 65536)) or self.more()
        except OSError:  # the other side is gone
            return ""

    def until(self, text):
        """Wait until this is shown, behind what was waited for before."""
        while text not in self.shown[self.read :]:
            more = self.more()
            if not more:
                raise EOFError(f"{text!r} was never shown: {self.shown[-400:]!r}")
            self.shown += more
        self.read = self.shown.index(text, self.read) + len(text)
        return self

    def answer(self, prompt, line):
        """Wait for the prompt, then type the line."""
        self.until(prompt)
        os.write(self.fd, line if isinstance(line, bytes) else f"{line}\n".encode())
        return self

    def end(self):
        """All that was shown, when the command has ended; its exit code is in `code`."""
        while True:
            more = self.more()
            if not more:
                break
            self.shown += more
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return self.shown.replace("\r\n", "\n")
