"""A reader of the page: what a person does with keys and clicks, and sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Download, Page

SLOW = 60_000  # milliseconds after which something never comes


class Reader:
    """One tab. `trouble` are console messages, errors, and requests that went elsewhere."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        self.trouble: list[str] = []
        self.context = browser.new_context(accept_downloads=True, **options)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self.context.new_page()
        self.page.set_default_timeout(SLOW)
        self._listen(self.page)

    def _listen(self, page: Page) -> None:
        def asked(url: str) -> None:
            if not url.startswith((self.address, f"blob:{self.address}", "data:")):
                self.trouble.append(f"request: {url}")

        page.on("request", lambda request: asked(request.url))
        page.on("console", lambda message: self.trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))

    def open(self, fragment: str = "") -> Reader:
        """Go to the page, and wait for its first answer."""
        self.page.goto(self.address + fragment)
        self.page.wait_for_selector("html[data-shown]", state="attached")
        return self

    def settled(self) -> None:
        """Wait until all is shown that follows from the text."""
        self.page.wait_for_function(
            "() => { const {version, shown} = document.documentElement.dataset; return version === shown; }"
        )

    def write(self, text: str) -> None:
        """Put another text into the editor, as a paste does."""
        self.page.locator(".cm-content").focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        self.settled()

    def example(self, name: str) -> None:
        self.page.select_option("#examples", name)
        self.page.wait_for_function("() => document.getElementById('examples').value === ''")
        self.settled()

    def saved(self, what: str) -> str:
        """What is in the file that the menu saves."""
        self.page.click("#save > summary")
        with self.page.expect_download() as waiting:
            self.page.click(f"[data-save={what}]")
        download: Download = waiting.value
        return Path(download.path()).read_text(encoding="utf-8")

    @property
    def text(self) -> str:
        return self.saved("spec")

    @property
    def verdict(self) -> str:
        return self.page.inner_text("#verdict")

    @property
    def fixes(self) -> list[str]:
        return self.page.locator("button.fix:not(.partial) > :first-child").all_inner_texts()

    @property
    def squiggles(self) -> list[str]:
        """What is underlined as an error."""
        return self.page.locator(".cm-lintRange-error").all_inner_texts()

    @property
    def printed(self) -> str:
        """What the page says that the command prints."""
        shown = self.page.locator("#printed")
        if shown.get_attribute("open") is None:
            self.page.click("#printed > summary")
        self.page.wait_for_function("() => document.querySelector('#printed pre').textContent")
        self.settled()
        return shown.locator("pre").text_content() or ""

    def close(self) -> None:
        self.context.close()
