"""The content in the formats that other people's software reads, and theirs in ours."""
