#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop's notifications and session manager on the bus, that tell what they are asked and do nothing.

As a program: each call is a line of JSON on standard output; on standard input "click N" is a person who clicks on notification N, and
"do ACTION [TARGET]" an action of the application. As a module: FakeDesktop() runs that program beside a test.
"""

import json
import os
import subprocess
import sys
import threading
import time

APPLICATION = "io.github.anamnesis.Anamnesis"

NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/></method>
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""

SESSION = """<node><interface name="org.gnome.SessionManager">
  <method name="RegisterClient"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
  <method name="Inhibit"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="u" direction="in"/>
    <arg type="u" direction="out"/></method>
  <method name="Uninhibit"><arg type="u" direction="in"/></method>
  <property name="SessionIsActive" type="b" access="read"/>
</interface></node>"""


class FakeDesktop:
    """The program beside a test; `calls` grows as they come."""

    def __init__(self):
        self.calls = []
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        end = time.monotonic() + 10
        while not self.of("ready"):
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError("the fake desktop did not come up")
            time.sleep(0.05)

    def _read(self):
        for line in self.process.stdout:
            self.calls.append(json.loads(line))

    def of(self, method):
        """Arguments of the calls of a method so far."""
        return [call[1:] for call in self.calls if call[0] == method]

    def tell(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.wait(5)


def main():
    from gi.repository import Gio, GLib

    loop = GLib.MainLoop()
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    count = [0]

    def say(*call):
        print(json.dumps(call), flush=True)

    def called(_bus, _sender, _path, _interface, method, arguments, invocation):
        say(method, *arguments.unpack())
        count[0] += 1
        answers = {
            "GetCapabilities": GLib.Variant("(as)", (["body", "actions", "persistence"],)),
            "GetServerInformation": GLib.Variant("(ssss)", ("fake", "fake", "1", "1.2")),
            "Notify": GLib.Variant("(u)", (count[0],)),
            "Inhibit": GLib.Variant("(u)", (count[0],)),
            "RegisterClient": GLib.Variant("(o)", ("/org/gnome/SessionManager/Client1",)),
        }
        if method in ("Notify", "Inhibit"):
            say(method + " gave", count[0])
        invocation.return_value(answers.get(method))

    def ask(_bus, _sender, _path, _interface, _name):
        return GLib.Variant("b", True)

    def told(source, _condition):
        line = source.readline().split()
        if not line:
            loop.quit()
        elif line[0] == "click":
            for name in ("ActionInvoked", "NotificationClosed"):
                last = GLib.Variant("(us)", (int(line[1]), "default")) if name == "ActionInvoked" else GLib.Variant("(uu)", (int(line[1]), 2))
                bus.emit_signal(None, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", name, last)
        elif line[0] == "do":
            bus.call(APPLICATION, "/" + APPLICATION.replace(".", "/"), "org.gtk.Actions", "Activate",
                     GLib.Variant("(sava{sv})", (line[1], [GLib.Variant("s", word) for word in line[2:]], {})), None, Gio.DBusCallFlags.NONE, -1, None)
        return True

    for xml, path, name in ((NOTIFICATIONS, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"),
                            (SESSION, "/org/gnome/SessionManager", "org.gnome.SessionManager")):
        bus.register_object(path, Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0], called, ask, None)
        bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                      GLib.Variant("(su)", (name, 0)), None, Gio.DBusCallFlags.NONE, -1, None)
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, told)
    say("ready")
    loop.run()


if __name__ == "__main__":
    main()
