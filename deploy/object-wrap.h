// Included before anything else when better-sqlite3 is built for Node 24.19 or later; see sqlite-addon.mjs. Its objects are
// wrapped as they were before: without hooks, whose removal aborts the process.
#include <node.h>
namespace node {
inline void NoCleanupHook(v8::Isolate*, void (*)(void*), void*) {}
}  // namespace node
#define AddEnvironmentCleanupHook NoCleanupHook
#define RemoveEnvironmentCleanupHook NoCleanupHook
#include <node_object_wrap.h>
#undef AddEnvironmentCleanupHook
#undef RemoveEnvironmentCleanupHook
