"""The other side of `media.asking`: a process that answers about one picture and ends, sooner when it takes too long.

It opens no file and no connection once what it needs is read.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from PIL import Image

from media.confining import confine, end_with_parent, private_stdout
from media.frames import receive, send

Tool = TypeVar("Tool")
Answer = tuple[dict[str, Any], list[bytes]]
"""What is said, and the pictures that were made."""


def answer(
    prepare: Callable[[], Tool], work: Callable[[Tool, dict[str, Any], bytes], Answer], *, niceness: int = 0
) -> None:
    """For `python -m … MEMORY_BYTES SECONDS`. `prepare` may read files; `work` is given the question and its JPEG."""
    memory, seconds = (int(word) for word in sys.argv[1:3])
    questions, answers = sys.stdin.buffer, private_stdout()
    end_with_parent()
    os.nice(niceness)
    Image.init()
    tool = prepare()
    confine(memory, files=answers.fileno() + 1)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    head, parts = receive(questions)
    try:
        said, made = work(tool, head, parts[0])
    except Exception as why:  # whatever a library says: the parent is told, and a person sees it
        said, made = {"failed": type(why).__name__}, []
    send(answers, said, *made)
