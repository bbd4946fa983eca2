"""What a person sees of `make run`: numbered steps, colours on a terminal only."""

import os
import sys
import time

COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text, code):
    return f"\x1b[{code}m{text}\x1b[0m" if COLOUR else text


class Screen:
    def __init__(self):
        self._step = 0
        self._since = time.monotonic()

    def title(self, text):
        print(paint(text, "1"), flush=True)

    def step(self, text):
        """Announces what happens now."""
        self._step += 1
        self._since = time.monotonic()
        print(f"\n{paint(self._step, '1;36')}  {paint(text, '1')}", flush=True)

    def done(self, text):
        took = time.monotonic() - self._since
        print(f"   {text}  {paint(f'{took:.1f} s', '2')}", flush=True)

    def note(self, text):
        print(f"   {paint(text, '2')}", flush=True)

    def block(self, text):
        """The output of a command, under its step."""
        for line in text.rstrip("\n").splitlines():
            print(f"   {line}".rstrip(), flush=True)
