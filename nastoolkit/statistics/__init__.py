"""The statistics of paired comparisons: plain functions of arrays that know nothing of searches."""
