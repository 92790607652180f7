"""What files of others say, one file a format: as a live system would show it, or as documents."""
