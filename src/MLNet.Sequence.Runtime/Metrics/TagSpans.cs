namespace MLNet.Sequence;

/// <summary>The steps of one label, from the first to the last.</summary>
/// <param name="First">The first step of the span, counted from 0.</param>
/// <param name="Last">The last step of the span, which itself belongs to the span.</param>
/// <param name="Label">The label, such as "city" for the tags B-city and I-city.</param>
public readonly record struct TagSpan(int First, int Last, string Label);

/// <summary>
/// Finds the spans that tags mark, by the rules of the CoNLL evaluations (Tjong Kim Sang and Buchholz, "Introduction to the
/// CoNLL-2000 shared task: chunking", 2000), which read IOB, IOB2 and IOBES alike. A span begins at B and S, and at any other tag whose
/// label differs from that of the tag before, or that follows O, E or S. It ends before the next span begins, before O, and after E and S.
/// In BILOU (Ratinov and Roth, 2009) L is E and U is S; in BMES and BMEWO M is I and W is S.
/// </summary>
public static class TagSpans
{
    private const string Outside = "O";

    /// <summary>The spans of a sequence of tags, in their order.</summary>
    /// <param name="tags">
    /// Such as "O", "B-city", "I-city" or "M-city", "E-city" or "L-city", and "S-city", "U-city" or "W-city". A tag of another form is a
    /// span of one step, whose label is the whole tag. An empty tag means an unknown tag and is outside.
    /// </param>
    public static IEnumerable<TagSpan> Of(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        int first = -1;
        string open = "";
        char before = 'O';
        for (int step = 0; step < tags.Count; step++)
        {
            (char kind, string label) = Parse(tags[step]);
            bool goesOn = (kind is 'I' or 'E') && (before is 'B' or 'I') && label == open;
            if (first >= 0 && !goesOn)
            {
                yield return new TagSpan(first, step - 1, open);
                first = -1;
            }

            if (kind != 'O' && first < 0)
                (first, open) = (step, label);
            before = kind;
        }

        if (first >= 0)
            yield return new TagSpan(first, tags.Count - 1, open);
    }

    // Kind and label; single letters are tags without a label.
    private static (char Kind, string Label) Parse(string tag)
    {
        if (tag.Length == 0 || tag == Outside)
            return ('O', "");
        char kind = tag[0] switch
        {
            'M' => 'I',
            'L' => 'E',
            'U' or 'W' => 'S',
            var letter => letter,
        };
        bool hasKind = kind is 'B' or 'I' or 'E' or 'S' && (tag.Length == 1 || tag[1] == '-');
        return hasKind ? (kind, tag.Length > 2 ? tag[2..] : "") : ('S', tag);
    }
}
