"""Which project is meant: the one that somebody stands in, wherever within it."""

from __future__ import annotations

import os
from pathlib import Path

from reconciler.manifest.files import FOLDER


def project_around(folder: Path) -> Path:
    """The nearest folder with manifests, from here upwards, as it is named from here; here where there is none.

    What is above the repository that one stands in is another project.
    """
    here = folder.absolute()
    for one in (here, *here.parents):
        if (one / FOLDER).is_dir():
            return Path(os.path.relpath(one, here))
        if (one / ".git").exists():
            break
    return Path()
