"""What goes wrong at the user's end, said in one sentence."""


class InputError(ValueError):
    """Input that cannot be used; the message says what is wrong and how to mend it.

    The command prints the message on one line and exits with 2, the workspace shows it as a
    notification.  Nothing has been written and no state has changed when it is raised.
    """


class TwinWarning(UserWarning):
    """A result that can be used, with a reservation that the message states."""


NO_MEMORY = "There is not enough memory for this; choose a smaller volume, or ask for less of it."
"""What is said where nobody knew beforehand that the memory does not suffice."""
