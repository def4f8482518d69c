namespace MLNet.Sequence.Samples.Output;

/// <summary>Prints sentences with their spans in brackets: show flights to [athens to.city].</summary>
internal static class TaggedText
{
    public static string Line(IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        Dictionary<int, TagSpan> first = TagSpans.Of(tags).ToDictionary(span => span.First);
        var parts = new List<string>();
        for (int word = 0; word < words.Count; word++)
        {
            if (first.TryGetValue(word, out TagSpan span))
            {
                parts.Add($"[{string.Join(' ', words.Skip(word).Take(span.Last - word + 1))} {span.Label}]");
                word = span.Last;
            }
            else
            {
                parts.Add(words[word]);
            }
        }

        return string.Join(' ', parts);
    }
}
