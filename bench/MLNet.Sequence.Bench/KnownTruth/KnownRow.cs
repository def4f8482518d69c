using Microsoft.ML;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>A statement of a comparison, and whether it is true for the process.</summary>
internal sealed record Statement(string What, bool Holds);

/// <summary>Judges the statements of a report about a process with this best error.</summary>
internal delegate IEnumerable<Statement> Judge(RecurrenceReport report, double best);

/// <summary>A process whose truth is known, and the statements that a comparison must make about it.</summary>
/// <param name="Name">The name in the command.</param>
/// <param name="Truth">In words.</param>
/// <param name="Compare">Generates data with a seed and compares architectures on it; also returns the best error given the
/// process.</param>
/// <param name="Judge">What was said.</param>
internal sealed record KnownRow(string Name, string Truth, Func<MLContext, int, (RecurrenceReport Report, double Best)> Compare, Judge Judge);
