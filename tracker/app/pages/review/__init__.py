"""The review pages: sessions, one session, one set; figures, and corrections that show at once."""
