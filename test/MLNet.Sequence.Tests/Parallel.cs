// What counts something that belongs to the process (live tensors, managed memory, the console) is marked [DoNotParallelize]: it
// runs by itself, after all others.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel, Workers = 0)]
