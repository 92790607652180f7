"""A real browser that tests talk to: Chromium's DevTools protocol over its pipe, one browser for all of them."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe")  # fmt: skip
DESKTOP, PHONE = (1280, 900), (390, 844)
"""Pixels of a screen, wide and high."""


class Browser:
    """Chromium, which answers commands in the order in which they are sent."""

    def __init__(self, write: int, read: int) -> None:
        self.write, self.read = write, read
        self.number = 0
        self.rest = b""
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, session: str = "", **parameters: Any) -> Any:
        """The answer to a command; what else happens meanwhile is kept in `events`."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        os.write(self.write, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while (answer := self._next()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def until(self, session: str, method: str) -> None:
        """Waits for something to happen in a page."""
        while not any(one.get("method") == method and one.get("sessionId") == session for one in self.events):
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            part = os.read(self.read, 1 << 16)
            assert part, "the browser ended"
            self.rest += part
        told, _, self.rest = self.rest.partition(b"\0")
        return json.loads(told)  # type: ignore[no-any-return]

    def page(self, address: str, *, size: tuple[int, int] = DESKTOP, dark: bool = False) -> Page:
        """A page in a tab of its own, loaded."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        found = Page(self, session, target)
        for part in ("Page", "Runtime", "Network", "Log"):
            found.ask(f"{part}.enable")
        found.look(size, dark=dark)
        self.events.clear()
        found.ask("Page.navigate", url=address)
        self.until(session, "Page.loadEventFired")
        return found


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self.browser, self.session, self.target = browser, session, target

    def ask(self, method: str, **parameters: Any) -> Any:
        """The answer to a command to this tab."""
        return self.browser.ask(method, self.session, **parameters)

    def look(self, size: tuple[int, int] = DESKTOP, *, dark: bool = False, media: str = "screen") -> None:
        """How large the screen is, whether it is dark, and whether it is paper."""
        self.ask("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=scheme)

    def run(self, script: str) -> Any:
        """What an expression of JavaScript gives."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, text: str = "", *, shift: bool = False) -> None:
        """A key as somebody presses it."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "/": 191, "ArrowDown": 40}
        sent = {"key": key, "windowsVirtualKeyCode": codes[key], "modifiers": 8 if shift else 0}
        typed = text or {"Enter": "\r", " ": " ", "/": "/"}.get(key, "")
        self.ask("Input.dispatchKeyEvent", type="keyDown" if typed else "rawKeyDown", text=typed, **sent)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **sent)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """What is to be seen, as PNG."""
        found = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))

    def paper(self) -> bytes:
        """The page as it is printed, as PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=True)["data"])

    @property
    def faults(self) -> list[Any]:
        """What the console says, and what failed."""
        named = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [one["params"] for one in self._mine() if one["method"] in named]

    @property
    def asked(self) -> list[str]:
        """The addresses that the page asked for."""
        return [one["params"]["request"]["url"] for one in self._mine() if one["method"] == "Network.requestWillBeSent"]

    def _mine(self) -> list[dict[str, Any]]:
        return [one for one in self.browser.events if one.get("sessionId") == self.session]


@contextmanager
def started(program: str, home: Path) -> Iterator[Browser]:
    """A browser with a profile of its own, which ends with the block."""
    (theirs, write), (read, ours) = os.pipe(), os.pipe()

    def plumb() -> None:
        """The browser reads from descriptor 3 and writes to 4."""
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs, ours)]
        for end, place in zip(ends, (3, 4), strict=True):
            os.dup2(end, place)

    words = [program, *FLAGS, f"--user-data-dir={home}", "about:blank"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(words, preexec_fn=plumb, close_fds=False, stdout=log, stderr=log)
    os.close(theirs)
    os.close(ours)
    try:
        yield Browser(write, read)
    finally:
        process.terminate()
        process.wait(30)
        os.close(write)
        os.close(read)
