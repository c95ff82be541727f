#pragma once

#include <vector>

#include "hone/store/object_store.h"
#include "hone/store/run_record.h"

namespace hone {

/// Puts a list of refs as an object of its own, for events that would need more room than an entry has (hone/ledger/refs_object.h). Sorted
/// by name, so that the same list is the same object.
ObjectRef put_refs(ObjectStore& objects, const std::vector<NamedRef>& refs);

/// Throws kCorruptData unless the object is such a list, kNotFound when it is not there.
std::vector<NamedRef> get_refs(const ObjectStore& objects, const ObjectRef& list);

}  // namespace hone
