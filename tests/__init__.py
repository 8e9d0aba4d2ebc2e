"""Tests run with the same settings of the process as the program."""

import frontdesk

assert frontdesk
