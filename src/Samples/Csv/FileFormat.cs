using System.Text;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>The format of a file, as given by the user.</summary>
/// <param name="Encoding">The encoding; null: detected from the first bytes.</param>
/// <param name="DecimalMark">The decimal separator, '.' or ','; null: detected from the cells.</param>
/// <param name="Dates">The date format in .NET's notation, such as yyyy-MM-dd; null: a known one.</param>
internal sealed record FileFormat(Encoding? Encoding = null, char? DecimalMark = null, string? Dates = null);
