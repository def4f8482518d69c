namespace MLNet.Sequence.Tokenizers;

/// <summary>The tokens of merges, and their application. Safe for any number of threads.</summary>
internal sealed class BytePairTables
{
    private readonly Dictionary<TokenPair, Merge> _merges = [];
    private readonly List<string> _tokens;
    private readonly List<byte[]> _bytes;

    /// <param name="merges">As in <see cref="BytePairTokenizer.Merges"/>.</param>
    /// <exception cref="FormatException">One is not a merge of two tokens that earlier ones make.</exception>
    public BytePairTables(IReadOnlyList<string> merges)
    {
        _tokens = [.. ByteAlphabet.Characters.Select(character => $"{character}")];
        _bytes = [.. ByteAlphabet.Bytes.Select(one => new[] { one })];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int token = 0; token < _tokens.Count; token++)
            places.Add(_tokens[token], token);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            string[] parts = merges[rank].Split(' ');
            if (parts.Length != 2 || !places.TryGetValue(parts[0], out int left) || !places.TryGetValue(parts[1], out int right))
                throw new FormatException($"The merge {rank + 1} is '{merges[rank]}'; expected two tokens, made by earlier merges, with a blank between them.");
            // Two merges may make the same token, from different parts.
            string token = parts[0] + parts[1];
            if (!places.TryGetValue(token, out int place))
            {
                places.Add(token, place = _tokens.Count);
                _tokens.Add(token);
                _bytes.Add([.. _bytes[left], .. _bytes[right]]);
            }

            if (!_merges.TryAdd(new TokenPair(left, right), new Merge(rank, place)))
                throw new FormatException($"The merge {rank + 1}, '{merges[rank]}', has been there before.");
        }

        Tokens = ValueList.Of(_tokens);
    }

    public IReadOnlyList<string> Tokens { get; }

    public IReadOnlyList<byte[]> Bytes => _bytes;

    /// <summary>The tokens of a text without lone surrogates.</summary>
    public int[] Encode(ReadOnlySpan<char> text)
    {
        var all = new List<int>();
        foreach (var word in ByteAlphabet.Words(text))
            Add(ByteAlphabet.Read(text.Slice(word.Index, word.Length)), all);
        return [.. all];
    }

    // All places of the earliest merge are merged before another one is looked for. The tokens are a linked list; those that are merged into
    // the one before become −1.
    private void Add(int[] tokens, List<int> all)
    {
        int[] next = [.. Enumerable.Range(1, tokens.Length)], before = [.. Enumerable.Range(-1, tokens.Length)];
        var found = new PriorityQueue<int, Place>();
        for (int place = 0; place + 1 < tokens.Length; place++)
            Look(place);
        var merged = new List<int>();
        while (found.TryPeek(out _, out Place first))
        {
            merged.Clear();
            while (found.TryPeek(out int left, out Place at) && at.Rank == first.Rank)
            {
                found.Dequeue();
                if (At(left) is { } merge && merge.Rank == first.Rank)
                {
                    int right = next[left];
                    (tokens[left], tokens[right], next[left]) = (merge.Token, -1, next[right]);
                    if (next[left] < tokens.Length)
                        before[next[left]] = left;
                    merged.Add(left);
                }
            }

            foreach (int place in merged)
            {
                if (tokens[place] >= 0)
                {
                    Look(before[place]);
                    Look(place);
                }
            }
        }

        all.AddRange(tokens.Where(token => token >= 0));

        // The merge of the token at a place with the next one.
        Merge? At(int place) => place >= 0 && tokens[place] >= 0 && next[place] < tokens.Length
            && _merges.TryGetValue(new TokenPair(tokens[place], tokens[next[place]]), out Merge merge) ? merge : null;

        void Look(int place)
        {
            if (At(place) is { } merge)
                found.Enqueue(place, new Place(merge.Rank, place));
        }
    }

    // The order in which places are merged.
    private readonly record struct Place(int Rank, int Index) : IComparable<Place>
    {
        public int CompareTo(Place other) => Rank != other.Rank ? Rank.CompareTo(other.Rank) : Index.CompareTo(other.Index);
    }

    // What a pair becomes, and when.
    private readonly record struct Merge(int Rank, int Token);
}

/// <summary>Two neighbouring tokens.</summary>
internal readonly record struct TokenPair(int Left, int Right) : IComparable<TokenPair>
{
    public int CompareTo(TokenPair other) => Left != other.Left ? Left.CompareTo(other.Left) : Right.CompareTo(other.Right);
}
