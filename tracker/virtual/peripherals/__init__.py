"""One file per make: how that sensor would say what its IMU measures, from its firmware note alone."""
