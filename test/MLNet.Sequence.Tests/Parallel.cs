// Tests that count things of the whole process (live tensors, managed memory, the console) are marked [DoNotParallelize]: they run alone,
// after all others.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel, Workers = 0)]
