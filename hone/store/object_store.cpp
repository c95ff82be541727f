#include "hone/store/object_store.h"
