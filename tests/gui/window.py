# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive the window as a person does who can't see it: by the names that a screen reader would say.

    with Window("build/app/gui/anamnesis", "sample:icu") as window:
        window.press("Train")
        window.find("Loss", role="image")
        window.picture("workbench.png")

Run it under tests/screen.py. A warning or critical message of GLib, GTK or the window ends the `with` block with an error.
"""

import os
import re
import subprocess
import threading
import time

from accessible import Accessible, Application, Bus, GLib
import xscreen

COMPLAINT = re.compile(r"-(?:WARNING|CRITICAL|ERROR) \*\*|^(?:WARNING|ERROR): \w*Sanitizer|runtime error:|Sanitizer:")

# GTK draws a frame of its own where no window manager does; without it the window's corner is the screen's.
WITHOUT_FRAME = "window { margin: 0; padding: 0; border: none; border-radius: 0; box-shadow: none; }\n"

STILL = "gtk-enable-animations=0\ngtk-cursor-blink=0\n"

# Class names stand in for a name that nobody gave.
UNNAMED = re.compile(r"^(?:|(?:Gtk|Adw|Anm)[A-Z]\w*)$")


class NotFound(AssertionError):
    """No widget of that role and name came up in time."""


class Complaint(AssertionError):
    """The window wrote a warning or ended badly."""


class Window:
    """One running window."""

    def __init__(self, program, *arguments, width=1440, height=900, appearance="light", language=None, text=1, contrast=False,
                 settings=None, wait=60, animations=False):
        """TEXT: how much larger than usual letters are; CONTRAST: the desktop asks for a high one."""
        self.program = [os.path.abspath(program), *arguments]
        self.size = (width, height)
        self.settings = {"window-width": str(width), "window-height": str(height), "window-maximized": "false",
                         "appearance": f"'{appearance}'", **(settings or {})}
        self.language = language
        self.text_scale = text
        self.contrast = contrast
        self.patience = wait
        self.animations = animations
        self.messages = []
        self.process = None
        self.application = None

    # Start and end

    def __enter__(self):
        environment = dict(os.environ)
        environment.pop("GTK_A11Y", None)
        environment["GSETTINGS_BACKEND"] = "keyfile"
        if self.language:
            environment["LANGUAGE"] = self.language
            environment["LC_ALL"] = "C.UTF-8"
        configuration = environment["XDG_CONFIG_HOME"]
        self._write(os.path.join(configuration, "gtk-4.0", "gtk.css"), WITHOUT_FRAME)
        self._write(os.path.join(configuration, "gtk-4.0", "settings.ini"),
                    "[Settings]\ngtk-font-name=Cantarell 11\n" + ("" if self.animations else STILL))
        xscreen.set_resolution(round(96 * self.text_scale))
        self._write(os.path.join(configuration, "glib-2.0", "settings", "keyfile"),
                    "[io/github/anamnesis/Anamnesis]\n" + "".join(f"{key}={value}\n" for key, value in self.settings.items()) +
                    f"\n[org/gnome/desktop/a11y/interface]\nhigh-contrast={'true' if self.contrast else 'false'}\n")

        bus = Bus()
        before = bus.applications()
        self.process = subprocess.Popen(self.program, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
        self.reader = threading.Thread(target=self._read_messages, daemon=True)
        self.reader.start()

        def started():
            return next(iter(bus.applications() - before), None)

        try:
            self.application = Application(bus, self._until(started, "no window came up"))
            self.find(role="frame")
            self.point_away()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, kind, error, traceback):
        """Close the window as a person does, and say what it complained about."""
        if self.process.poll() is None and kind is None:
            for window in xscreen.windows():
                xscreen.ask_to_close(window)
        try:
            self.process.wait(10 if kind is None else 0.2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            if kind is None:
                raise Complaint("the window did not end within 10 s of being closed")
        self.reader.join(5)
        complaints = self.complaints()
        if kind is None:
            if complaints:
                raise Complaint("the window wrote:\n" + complaints)
            if self.process.returncode != 0:
                raise Complaint(f"the window ended with status {self.process.returncode}:\n" + "".join(self.messages))
        elif self.messages:
            print("# the window wrote:\n# " + "# ".join(self.messages), flush=True)
        return False

    def complaints(self):
        """The warnings written so far, sanitizer reports whole."""
        for i, line in enumerate(self.messages):
            if COMPLAINT.search(line):
                return "".join(self.messages[i:i + 60])
        return ""

    def _read_messages(self):
        for line in self.process.stderr:
            self.messages.append(line)

    @staticmethod
    def _write(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def _until(self, question, otherwise, seconds=None):
        """Ask until the answer is true; the answer."""
        seconds = self.patience if seconds is None else seconds
        end = time.monotonic() + seconds
        while True:
            asked = time.monotonic()
            try:
                answer = question()
            except GLib.Error:  # a widget that went away while it was looked at
                answer = None
            if answer:
                return answer
            if self.process.poll() is not None:
                self.reader.join(2)
                raise Complaint(f"{otherwise}: {self.program[0]} ended with status {self.process.returncode}:\n" + "".join(self.messages))
            if time.monotonic() > end:
                raise NotFound(f"{otherwise} within {seconds} s")
            # The window answers on its main loop: leave it time for what is waited for.
            time.sleep(max(0.05, 2 * (time.monotonic() - asked)))

    # Look

    def widgets(self, root=None):
        """(widget, role) of everything beneath ROOT in the order of reading; the rows of lists only if ROOT is in one.

        GTK 4.8 does not tell what is on screen: pages and panes that are hidden are there as well.
        """
        stack = [self.application.read()]
        if root is not None:
            stack = [widget for widget, _ in self._beneath(stack) if widget == root]
        yield from self._beneath(stack, "list" if root is None else None)

    @staticmethod
    def _beneath(stack, closed=None):
        while stack:
            widget = stack.pop()
            yield widget, widget.role
            if widget.role != closed:
                stack.extend(reversed(widget.children))

    def find_all(self, name=None, role=None, root=None):
        """All widgets with that role and a name that is equal (a string) or matches (a compiled pattern)."""
        found = []
        for widget, own_role in self.widgets(root):
            if role is not None and role != own_role:
                continue
            if name is None or (name.search(widget.name) if hasattr(name, "search") else widget.name == name):
                found.append(widget)
        return found

    def find(self, name=None, role=None, root=None, seconds=None):
        """The first such widget, waited for."""
        return self._until(lambda: next(iter(self.find_all(name, role, root)), None),
                           f"no {role or 'widget'} named {getattr(name, 'pattern', name)!r}", seconds)

    def wait_for(self, question, otherwise="what was waited for did not happen", seconds=None):
        """Wait until QUESTION() is true; its answer."""
        return self._until(question, otherwise, seconds)

    def gone(self, name=None, role=None, seconds=None):
        """Wait until no such widget is on screen."""
        self._until(lambda: not self.find_all(name, role), f"{role or 'widget'} {name!r} did not go away", seconds)

    @staticmethod
    def has_state(widget, state):
        """Whether the widget has the state of that name, as in "sensitive", "checked", "focused"."""
        return widget.has_state(state)

    @staticmethod
    def text(widget):
        """What is written in an entry or a label."""
        return widget.text() if widget.has_text() else widget.get_name()

    @staticmethod
    def description(widget):
        """A figure's finding in a sentence."""
        return widget.get_description() or ""

    def unnamed(self, root=None):
        """Things that a person can press or fill in, which a screen reader can't name: role and place of each."""
        roles = {"push button", "toggle button", "check box", "radio button", "slider", "spin button", "text", "combo box"}
        found = []
        for widget, role in self.widgets(root):
            if role == "image" and widget.name.startswith("Anm") and self.place(widget)[2] > 0:
                found.append(f"figure in {self.path(widget)}")
            if role not in roles or self._is_named(widget):
                continue
            # The parts of a drop-down, a spin button, a split button go by the name of the whole, and a menu button by its part's.
            wholes = [widget.parent, widget.parent.parent]
            if not any(whole and self._is_named(whole) for whole in wholes) and not any(part.role in roles and self._is_named(part) for part in widget.children):
                found.append(f"{role} in {self.path(widget)}")
        return found

    @staticmethod
    def _is_named(widget):
        return not UNNAMED.match(widget.name)

    @staticmethod
    def path(widget):
        """The named ancestors of a widget, for messages."""
        names = []
        while widget is not None and widget.role != "application":
            names.append(widget.name or widget.role)
            widget = widget.parent
        return " < ".join(names)

    def tree(self, root=None):
        """The whole window as text: role, name, description."""
        lines = []

        def write(widget, depth):
            lines.append("  " * depth + f"{widget.role} {widget.name!r} {widget.description!r}")
            for child in widget.children:
                write(child, depth + 1)

        write(next(widget for widget, _ in self.widgets(root)), 0)
        return "\n".join(lines)

    # Act

    @staticmethod
    def act(widget, name):
        """Do the widget's action of that name; whether it has one."""
        actions = widget.actions()
        return name in actions and widget.do_action(actions.index(name))

    def press(self, name=None, role=None, root=None, seconds=None):
        """Press a button, or whatever can be pressed, once it can be."""
        widget = self.find(name, role, root, seconds) if not isinstance(name, Accessible) else name

        def pressed():
            if not self.has_state(widget, "sensitive"):
                return False
            return self.act(widget, "click") or self.act(widget, "activate") or self.act(widget, "toggle")

        self._until(pressed, f"{self.path(widget)} can't be pressed", seconds)
        time.sleep(0.3)  # GTK shows a button pressed for a quarter of a second before it acts
        return widget

    def choose(self, drop_down, choice):
        """Choose from a drop-down by the words of the choice."""
        self.click(drop_down)
        listing = self.find(role="list", root=drop_down)
        words = self._until(lambda: [self._words(item) for item in self.find_all(role="list item", root=listing)],
                            "the choices did not come up")
        if choice not in words:
            raise NotFound(f"{choice!r} is not among {words}")
        self.key("Home", *["Down"] * words.index(choice), "Return")
        self._until(lambda: choice in self._words(drop_down), f"{choice!r} was not chosen", 5)

    def choose_file(self, path):
        """Name a file in the open file dialog, as by typing its path."""
        self.find("GtkFileChooserWidget")
        self.settle()
        self.key("slash")
        entry = self.find("GtkFileChooserEntry", role="text")
        self.click(entry)
        entry.set_text(os.path.abspath(path))
        self.settle()
        self.key("Return")
        self.gone("GtkFileChooserEntry", role="text")

    def _words(self, widget):
        """What stands in a widget and beneath it."""
        return " ".join(label.name for label in self.find_all(role="label", root=widget))

    def fill(self, widget, text):
        """Replace what is in an entry, and press Return there."""
        widget.set_text(text)
        self.act(widget, "activate")

    @staticmethod
    def set_value(widget, value):
        """Move a slider or spin button."""
        widget.set_value(value)

    @staticmethod
    def value(widget):
        """Where a slider or spin button stands."""
        return widget.value()

    @staticmethod
    def key(*names):
        """Type keys one after another by X keysym name, as in key("Down", "Return") or key("Control+Return")."""
        for name in names:
            *held, last = name.split("+")
            xscreen.press_key(*(modifier + "_L" for modifier in held), last)

    @staticmethod
    def place(widget):
        """Where a widget is: x, y, width, height in pixels of the window, whose corner is the screen's."""
        return widget.place()

    def click(self, widget, across=0.5, down=0.5, button=1):
        """Click into a widget with the mouse, ACROSS and DOWN as shares of its size."""
        x, y, width, height = self.place(widget)
        xscreen.point(round(x + across * width), round(y + down * height))
        xscreen.press_button(button)

    def point_away(self):
        """Put the pointer where nothing follows it; it must stay over the window, which else has no keyboard."""
        xscreen.point(1, self.size[1] - 1)

    # Show

    def settle(self, seconds=15):
        """Wait until the window stands still, or that long."""
        end = time.monotonic() + seconds
        before = None
        while time.monotonic() < end:
            now = xscreen.image(*self.size)
            if now == before:
                return
            before = now
            time.sleep(0.3)

    def picture(self, path):
        """Write the window as it is on the screen as PNG."""
        xscreen.write_png(path, xscreen.pixels(*self.size))
