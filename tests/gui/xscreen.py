# SPDX-License-Identifier: GPL-3.0-or-later
"""The X screen itself, by way of Xlib: which key has which code, which windows there are, what is painted."""

import ctypes
import functools
import struct
import zlib

Z_PIXMAP = 2
ALL_PLANES = 0xFFFFFFFF
CLIENT_MESSAGE = 33


class XImage(ctypes.Structure):
    """The head of Xlib's structure of that name."""

    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int), ("format", ctypes.c_int),
                ("data", ctypes.c_void_p), ("byte_order", ctypes.c_int), ("bitmap_unit", ctypes.c_int),
                ("bitmap_bit_order", ctypes.c_int), ("bitmap_pad", ctypes.c_int), ("depth", ctypes.c_int),
                ("bytes_per_line", ctypes.c_int), ("bits_per_pixel", ctypes.c_int)]


@functools.lru_cache(maxsize=None)
def library():
    xlib = ctypes.CDLL("libX11.so.6")
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    xlib.XStringToKeysym.restype = ctypes.c_ulong
    xlib.XKeysymToKeycode.restype = ctypes.c_ubyte
    xlib.XDefaultRootWindow.restype = ctypes.c_ulong
    xlib.XGetImage.restype = ctypes.POINTER(XImage)
    xlib.XInternAtom.restype = ctypes.c_ulong
    return xlib


ERROR_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


@ERROR_HANDLER
def pass_over(_display, _error):
    """Windows go away while they are asked about, for which Xlib would end the program."""
    return 0


@functools.lru_cache(maxsize=None)
def display():
    connection = library().XOpenDisplay(None)
    if not connection:
        raise RuntimeError("there is no screen")
    library().XSetErrorHandler(pass_over)
    return ctypes.c_void_p(connection)


def keycode(name):
    """The code of the key with that X name, as in "Return" or "Control_L"."""
    symbol = library().XStringToKeysym(name.encode())
    if not symbol:
        raise ValueError(f"no key is named {name}")
    return library().XKeysymToKeycode(display(), ctypes.c_ulong(symbol))


class ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, padded to the size of XEvent."""

    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
                ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int),
                ("data", ctypes.c_long * 5), ("padding", ctypes.c_long * 12)]


def atom(name):
    return library().XInternAtom(display(), name.encode(), 0)


def windows():
    """The windows on the screen that can be asked to close."""
    root, parent, children, number = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    library().XQueryTree(display(), ctypes.c_ulong(library().XDefaultRootWindow(display())), ctypes.byref(root),
                         ctypes.byref(parent), ctypes.byref(children), ctypes.byref(number))
    candidates = [children[i] for i in range(number.value)]
    library().XFree(children)
    return [window for window in candidates if takes_close(window)]


def takes_close(window):
    protocols, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_int()
    if not library().XGetWMProtocols(display(), ctypes.c_ulong(window), ctypes.byref(protocols), ctypes.byref(count)):
        return False
    names = [protocols[i] for i in range(count.value)]
    library().XFree(protocols)
    return atom("WM_DELETE_WINDOW") in names


def ask_to_close(window):
    """Do what a window manager does when a person presses the cross."""
    message = ClientMessage(type=CLIENT_MESSAGE, window=window, message_type=atom("WM_PROTOCOLS"), format=32)
    message.data[0] = atom("WM_DELETE_WINDOW")
    library().XSendEvent(display(), ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
    library().XFlush(display())


@functools.lru_cache(maxsize=None)
def events():
    """Events as from a keyboard and a mouse."""
    xtest = ctypes.CDLL("libXtst.so.6")
    for function in (xtest.XTestFakeKeyEvent, xtest.XTestFakeButtonEvent):
        function.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
    xtest.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_ulong]
    return xtest


def press_key(*names):
    """Press the keys with those X names, the last while the others are held, and let go of them."""
    codes = [keycode(name) for name in names]
    for code in codes:
        events().XTestFakeKeyEvent(display(), code, 1, 0)
    for code in reversed(codes):
        events().XTestFakeKeyEvent(display(), code, 0, 0)
    library().XSync(display(), 0)


def point(x, y):
    """Put the pointer there."""
    events().XTestFakeMotionEvent(display(), 0, x, y, 0)
    library().XSync(display(), 0)


def press_button(button):
    """Press a button of the mouse and let go of it."""
    events().XTestFakeButtonEvent(display(), button, 1, 0)
    events().XTestFakeButtonEvent(display(), button, 0, 0)
    library().XSync(display(), 0)


def set_resolution(dots_per_inch):
    """Say how large a point is to the programs that start from now on, as the desktop does when its text is to be larger."""
    text = f"Xft.dpi:\t{dots_per_inch}\n".encode()
    string, eight_bits, replace = 31, 8, 0
    library().XChangeProperty(display(), ctypes.c_ulong(library().XDefaultRootWindow(display())), ctypes.c_ulong(atom("RESOURCE_MANAGER")),
                              ctypes.c_ulong(string), eight_bits, replace, text, len(text))
    library().XSync(display(), 0)


def image(width, height):
    """The upper left part of the screen: its width and height, the bytes of a row, and all bytes: blue, green, red, one unused."""
    width = min(width, library().XDisplayWidth(display(), 0))
    height = min(height, library().XDisplayHeight(display(), 0))
    root = ctypes.c_ulong(library().XDefaultRootWindow(display()))
    shown = library().XGetImage(display(), root, 0, 0, width, height, ctypes.c_ulong(ALL_PLANES), Z_PIXMAP)
    if not shown:
        raise RuntimeError("the screen can't be read")
    stride = shown.contents.bytes_per_line
    data = ctypes.string_at(shown.contents.data, stride * height)
    library().XDestroyImage(shown)
    return width, height, stride, data


def pixels(width, height):
    """The upper left part of the screen: rows of red, green, blue bytes."""
    width, height, stride, data = image(width, height)
    rows = []
    for y in range(height):
        blue_green_red = data[y * stride:y * stride + width * 4]
        row = bytearray(width * 3)
        row[0::3], row[1::3], row[2::3] = blue_green_red[2::4], blue_green_red[1::4], blue_green_red[0::4]
        rows.append(bytes(row))
    return rows


def write_png(path, rows):
    """Write rows of red, green, blue bytes as PNG."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 6)))
        file.write(chunk(b"IEND", b""))
