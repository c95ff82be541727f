#include "hone/record/refs_internal.h"

#include <algorithm>

#include "hone/ledger/refs_object.h"

namespace hone {

ObjectRef put_refs(ObjectStore& objects, const std::vector<NamedRef>& refs) {
  std::vector<ListedRef> list;
  for (const NamedRef& named : refs) list.push_back({named.name, named.ref.hash, named.ref.bytes, named.ref.media});
  return objects.put(refs_text(std::move(list)), kRefsMedia);
}

std::vector<NamedRef> get_refs(const ObjectStore& objects, const ObjectRef& list) {
  std::vector<NamedRef> refs;
  for (const ListedRef& listed : parse_refs(objects.get(list))) refs.push_back({listed.name, {listed.hash, listed.bytes, listed.media}});
  return refs;
}

}  // namespace hone
