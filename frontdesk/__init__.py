"""The program. Invariant: numpy's own threads are off before anybody imports it.

The matcher works on one question or a small batch at a time, beside the event loop: a second thread
of linear algebra only takes turns with it, and everything gets slower.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
