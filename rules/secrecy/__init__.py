"""Marks of state secrecy: MẬT, TỐI MẬT, TUYỆT MẬT (ND30/2020 App. I III.2a; DOMAIN 1.7).

Law 117/2025/QH15 Art. 5 keeps such content off every computer with a network, so what bears a mark
is refused or locked away. "bảo mật", "mật khẩu" and a colleague called Mật are no marks: a mark stands
on a line of its own (``lines``), or apart from the words of a subject or a file name (``titles``).
"""
