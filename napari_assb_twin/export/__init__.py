"""Files for other programs, every one written aside and renamed when whole."""
