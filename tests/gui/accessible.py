# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program tells a screen reader: its tree of accessible objects, over D-Bus.

    application = wait_for_application(before)
    for widget, depth in application.read(): ...

The tree is read whole in a handful of questions. To ask each object for its name, its role and its children one after the
other takes a second and more where the machine has something else to do, and a test asks for the tree all the time.
"""

import os

# A warning of a library in this process is none of the window's.
os.environ.pop("G_DEBUG", None)

import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

ACCESSIBLE, ROOT = "org.a11y.atspi.Accessible", "/org/a11y/atspi/accessible/root"
PROPERTIES = "org.freedesktop.DBus.Properties"
CHILDREN = GLib.VariantType("(a(so))")
STATES = {"active": 1, "checked": 4, "enabled": 8, "expanded": 10, "focused": 12, "pressed": 20, "selected": 23, "sensitive": 24,
          "showing": 25, "visible": 30}
IN_WINDOW = 1


class Bus:
    """The bus of accessible objects."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address, = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1, None).unpack()
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def ask(self, name, path, interface, method, arguments=None):
        """The values of the answer."""
        return self.connection.call_sync(name, path, interface, method, arguments, None, 0, -1, None).unpack()

    def applications(self):
        """The names on the bus of the programs that have told the registry of themselves."""
        children, = self.ask("org.a11y.atspi.Registry", ROOT, ACCESSIBLE, "GetChildren")
        return {name for name, _ in children}


class Accessible:
    """One object. Names, roles and places in the tree are as they were when it was read; all else is asked anew."""

    def __init__(self, application, path, role="", name="", description=""):
        self.application, self.path = application, path
        self.role, self.name, self.description = role, name, description
        self.parent, self.children = None, []

    def __eq__(self, other):
        return isinstance(other, Accessible) and self.path == other.path

    def __hash__(self):
        return hash(self.path)

    def ask(self, interface, method, arguments=None):
        return self.application.ask(self.path, "org.a11y.atspi." + interface, method, arguments)

    def _property(self, interface, name):
        arguments = GLib.Variant("(ss)", ("org.a11y.atspi." + interface, name))
        return self.application.ask(self.path, PROPERTIES, "Get", arguments)[0]

    def get_name(self):
        return self.name

    def get_description(self):
        return self.description

    def get_role_name(self):
        return self.role

    def get_parent(self):
        return self.parent

    def has_state(self, state):
        (low, high), = self.ask("Accessible", "GetState")
        return bool((high << 32 | low) >> STATES[state] & 1)

    def place(self):
        """x, y, width, height in pixels of the window."""
        return self.ask("Component", "GetExtents", GLib.Variant("(u)", (IN_WINDOW,)))[0]

    def has_text(self):
        interfaces, = self.ask("Accessible", "GetInterfaces")
        return "org.a11y.atspi.Text" in interfaces

    def text(self):
        return self.ask("Text", "GetText", GLib.Variant("(ii)", (0, self._property("Text", "CharacterCount"))))[0]

    def set_text(self, text):
        return self.ask("EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))[0]

    def value(self):
        return self._property("Value", "CurrentValue")

    def set_value(self, value):
        self.application.ask(self.path, PROPERTIES, "Set",
                             GLib.Variant("(ssv)", ("org.a11y.atspi.Value", "CurrentValue", GLib.Variant("d", value))))

    def actions(self):
        """The names of what can be done with it, in the order of do_action()."""
        try:
            return [self.ask("Action", "GetName", GLib.Variant("(i)", (i,)))[0] for i in range(self._property("Action", "NActions"))]
        except GLib.Error:  # it has no actions
            return []

    def do_action(self, index):
        return self.ask("Action", "DoAction", GLib.Variant("(i)", (index,)))[0]


class Application:
    """A program on the bus."""

    def __init__(self, bus, name):
        self.bus, self.name = bus, name

    def ask(self, path, interface, method, arguments=None):
        return self.bus.ask(self.name, path, interface, method, arguments)

    def read(self):
        """The root of the tree as it is now."""
        items = self._items()
        children = self._children(items)
        if any(path not in items for path in children):
            items.update(self._items())
        return self._object(ROOT, items, children)

    def _items(self):
        """What GTK tells of all objects that somebody has asked for before, in one answer, by path."""
        return {item[0][1]: item for item in self.ask("/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")[0]}

    def _children(self, items):
        """The paths beneath each object. Asked for only where ITEMS doesn't tell, and all at once."""
        beneath = {}
        for path, (_, _, (_, parent), index, *_) in items.items():
            if index >= 0:  # what is hidden has no place among its siblings
                beneath.setdefault(parent, []).append((index, path))
        told = {}
        asked = set()

        def visit(paths):
            paths = list(paths)
            while paths:
                path = paths.pop()
                own = [child for _, child in sorted(beneath.get(path, []))]
                # The pages of a stack stand between it and its children, and say nothing of which of those are hidden.
                if path != ROOT and path in items and len(own) == items[path][4] and not any(len(items[child][5]) == 1 for child in own):
                    told[path] = own
                    paths.extend(own)
                else:
                    asked.add(path)
                    self.bus.connection.call(self.name, path, ACCESSIBLE, "GetChildren", None, CHILDREN, 0, -1, None, answered, path)

        def answered(connection, result, path):
            asked.discard(path)
            try:
                told[path] = [child for _, child in connection.call_finish(result).unpack()[0]]
            except GLib.Error:  # it went away meanwhile
                told[path] = []
            visit(told[path])

        visit([ROOT])
        while asked:
            GLib.MainContext.default().iteration(True)
        return told

    def _object(self, path, items, children):
        made = {}
        order = [path]
        while order:
            path = order.pop()
            _, _, _, _, _, _, name, role, description, _ = items[path]
            made[path] = Accessible(self, path, Atspi.Role(role).value_nick.replace("-", " "), name, description)
            order.extend(child for child in children.get(path, []) if child in items)
        for path, widget in made.items():
            widget.children = [made[child] for child in children.get(path, []) if child in made]
            for child in widget.children:
                child.parent = widget
        return made[ROOT]
