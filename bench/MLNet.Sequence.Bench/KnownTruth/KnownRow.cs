using Microsoft.ML;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>A statement that a comparison makes, and whether it is true of the process.</summary>
internal sealed record Said(string What, bool Holds);

/// <summary>What a report says, and whether that is true of a process whose best error is so large.</summary>
internal delegate IEnumerable<Said> Judge(RecurrenceReport report, double best);

/// <summary>A process whose truth is known, and what a comparison must say of it.</summary>
/// <param name="Name">As the command takes it.</param>
/// <param name="Truth">In words.</param>
/// <param name="Compare">Makes data with a seed and compares architectures on it; with the error of one who knows the process.</param>
/// <param name="Judge">What was said.</param>
internal sealed record KnownRow(string Name, string Truth, Func<MLContext, int, (RecurrenceReport Report, double Best)> Compare, Judge Judge);
