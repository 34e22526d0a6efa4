# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks shells what they would complete: the installed scripts, run by the shells themselves."""

import os
import pty
import re
import select
import shutil
import subprocess
import time

from program import PROGRAM, tap

SCRIPTS = os.path.join(tap.SOURCE_ROOT, "app", "cli", "completions")

BASH = r"""
source "$SCRIPT"
COMP_LINE="$LINE"
COMP_POINT=${#COMP_LINE}
# As readline cuts a line: at white space, and at = and :, which are words of their own.
mapfile -t COMP_WORDS < <(printf '%s' "$COMP_LINE" | sed -E 's/([=:])/\n\1\n/g; s/ +/\n/g' | sed '/^$/d')
[[ $COMP_LINE == *[\ ] ]] && COMP_WORDS+=("")
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
_anamnesis_cli "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def need(shell):
    if shutil.which(shell) is None:
        raise tap.Skip(f"{shell} is not installed, so its completion is NOT tested here")


def environment(folder):
    """The program under its own name."""
    tools = folder.path("tools")
    os.makedirs(tools, exist_ok=True)
    link = os.path.join(tools, "anamnesis-cli")
    if not os.path.lexists(link):
        os.symlink(PROGRAM, link)
    return {**folder.environment(), "PATH": tools + os.pathsep + os.environ["PATH"], "TERM": "dumb"}


def ask_bash(folder, line):
    """What bash would offer for the line's last word."""
    variables = {**environment(folder), "LINE": line, "SCRIPT": os.path.join(SCRIPTS, "anamnesis-cli.bash")}
    process = subprocess.run(["bash", "--norc", "-c", BASH], cwd=folder.name, env=variables, capture_output=True, text=True, timeout=60, check=True)
    assert process.stderr == "", process.stderr
    return [word for word in process.stdout.splitlines() if word]


def ask_fish(folder, line):
    need("fish")
    command = f"source {SCRIPTS}/anamnesis-cli.fish; complete -C (cat)"
    process = subprocess.run(["fish", "--no-config", "-c", command], input=line, cwd=folder.name, env=environment(folder),
                             capture_output=True, text=True, timeout=60, check=True)
    assert process.stderr == "", process.stderr
    return [word.split("\t")[0] for word in process.stdout.splitlines()]


class Zsh:
    """zsh completes on a terminal only. The line is what it makes of the typed one at a tab."""

    def __init__(self, folder):
        need("zsh")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder.name)
            os.execvpe("zsh", ["zsh", "-f", "-i"], environment(folder))
        self.send(f"PS1='>> '; unsetopt beep zle_bracketed_paste; fpath=({SCRIPTS} $fpath); autoload -U compinit; "
                  f"compinit -u -D; bindkey -e; print -r ready:$((1+1))\n")
        self.read_until("ready:2")

    def send(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, mark):
        shown, end = "", time.monotonic() + 60
        while mark not in shown:
            assert time.monotonic() < end, f"{mark} didn't come: {shown}"
            if select.select([self.terminal], [], [], 1)[0]:
                shown += os.read(self.terminal, 4096).decode(errors="replace")
        return shown

    def complete(self, line):
        self.send(line + "\t")
        time.sleep(0.5)
        self.send("\x01print -r -- 'DONE[\x05]DONE'\n")
        shown = self.read_until("]DONE\r\n")
        return re.findall(r"DONE\[(.*)\]DONE\r\n", shown)[-1]

    def close(self):
        self.send("exit\n")
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
