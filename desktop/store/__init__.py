"""The encrypted file: what it holds, who opens it, and how a change gets into it."""
