"""The subcommands of ``assb-twin``: their options, and what each does.

Heavy modules are imported by the command that needs them.
"""
