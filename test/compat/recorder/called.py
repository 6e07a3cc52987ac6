"""Runs a program; when that ends, writes down which functions ran, by file and first line."""

import json
import os
import runpy
import sys
import threading

ran = set()


def look(frame, event, argument):
    if event == "call":
        ran.add(frame.f_code)


program = sys.argv[1]
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(program)
threading.setprofile(look)
sys.setprofile(look)
try:
    runpy.run_path(program, run_name="__main__")
finally:
    sys.setprofile(None)
    threading.setprofile(None)
    called = [[code.co_filename, code.co_firstlineno] for code in list(ran)]
    with open(os.path.join(os.environ["COMPAT_CALLS"], f"{os.getpid()}.json"), "w") as file:
        json.dump(called, file)
