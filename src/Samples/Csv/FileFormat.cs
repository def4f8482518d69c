using System.Text;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>What the user says about how a file is written.</summary>
/// <param name="Encoding">Which bytes are which characters; null: by the first bytes.</param>
/// <param name="DecimalMark">What stands before a number's fraction, '.' or ','; null: by the cells.</param>
/// <param name="Dates">The form of dates as .NET writes forms, as yyyy-MM-dd; null: a known one.</param>
internal sealed record FileFormat(Encoding? Encoding = null, char? DecimalMark = null, string? Dates = null);
