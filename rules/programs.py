"""Files that do something when somebody opens them: no letter needs one, and viruses come as one."""

PROGRAM = "program"  # the mark of a file that is one
# What Windows runs by its name alone; those that offices do send (.xlsm, .docm) are marked by their content.
_RUN = frozenset(
    {
        *("exe", "scr", "com", "pif", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "wsh"),
        *("hta", "msi", "msp", "mst", "cpl", "dll", "jar", "lnk", "reg", "inf", "scf", "url", "chm", "hlp"),
        *("msc", "gadget", "application", "appref-ms", "iso", "img", "vhd", "vhdx", "one", "xll", "wll"),
    }
)


def runs(name: str, executable: bool) -> bool:
    """Whether a file is a program: by its content (``executable``), or by what its name makes of it."""
    return executable or name.rstrip(" .").rpartition(".")[2].lower() in _RUN
