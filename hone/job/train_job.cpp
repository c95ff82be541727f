#include "hone/job/train_job.h"
