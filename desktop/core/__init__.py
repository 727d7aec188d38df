"""What a chart is and what the protocol says: plain Python, no Qt, no SQL, no files, no clock."""
