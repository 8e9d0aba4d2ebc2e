"""Files that the desk shows at a terminal lie there for a while."""

import os
import time
from pathlib import Path

from bots.terminal.saving import LASTS, save
from core.messages import Enclosed

PLAN = Enclosed("plan.png", "image/png", b"data")


def test_what_was_saved_long_ago_goes_when_something_is_saved(tmp_path: Path) -> None:
    folder = tmp_path / "terminal"
    paths = [Path(save(PLAN, folder, key).path) for key in ("aaaaaaaa", "bbbbbbbb")]
    long_ago = time.time() - LASTS - 1
    os.utime(paths[0], (long_ago, long_ago))
    (folder / "a folder").mkdir()
    os.utime(folder / "a folder", (long_ago, long_ago))
    again = save(PLAN, folder, "cccccccc")
    left = {path.name for path in folder.iterdir()}
    assert left == {paths[1].name, Path(again.path).name, "a folder"}
