using System.Runtime.InteropServices;

namespace MLNet.Sequence.Tokenizers;

/// <summary>
/// Learns merges from the words of texts. A merge costs as much as the places where its pair is, whatever the length of the words around them.
/// </summary>
internal sealed class BytePairLearning
{
    // Of a place whose token was merged into the one before, and of the neighbour of the first and the last token of a word.
    private const int None = -1;

    private readonly List<string> _tokens = [.. ByteAlphabet.Characters.Select(character => $"{character}")];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    // The different words one after the other, a place for each byte: its token, the places of its neighbours, and how often its word occurs.
    private readonly List<Place> _places = [];
    private readonly Dictionary<TokenPair, Occurrences> _pairs = [];
    private readonly HashSet<TokenPair> _changed = [];

    // Pairs by their counts at some time; the present ones are among them.
    private readonly PriorityQueue<TokenPair, Candidate> _candidates = new();

    public BytePairLearning(IEnumerable<string> texts)
    {
        for (int token = 0; token < _tokens.Count; token++)
            _indices.Add(_tokens[token], token);
        foreach ((string word, long count) in Counted(texts))
            AddWord(ByteAlphabet.Read(word), count);
        ProposeChanged();
    }

    /// <summary>At most so many merges, the earliest first.</summary>
    /// <param name="most">The largest number of merges.</param>
    /// <param name="check">Called after each merge; what it throws ends the learning.</param>
    public string[] Merges(int most, Action check)
    {
        var merges = new List<string>();
        while (merges.Count < most && _candidates.TryDequeue(out TokenPair pair, out Candidate candidate))
        {
            if (CountOf(pair) != candidate.Count)
                continue;
            merges.Add($"{_tokens[pair.Left]} {_tokens[pair.Right]}");
            Apply(pair, IndexOf(_tokens[pair.Left] + _tokens[pair.Right]));
            check();
        }

        return [.. merges];
    }

    private static Dictionary<string, long> Counted(IEnumerable<string> texts)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> words = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string text in texts)
        {
            if (ByteAlphabet.LoneSurrogate(text) is >= 0 and var place)
                throw new ArgumentException(ByteAlphabet.Describe(text, place), nameof(texts));
            foreach (var word in ByteAlphabet.Words(text))
                CollectionsMarshal.GetValueRefOrAddDefault(words, text.AsSpan(word.Index, word.Length), out _)++;
        }

        return counts;
    }

    private void AddWord(int[] tokens, long count)
    {
        int first = _places.Count;
        for (int i = 0; i < tokens.Length; i++)
        {
            int place = first + i;
            _places.Add(new Place(tokens[i], i > 0 ? place - 1 : None, i + 1 < tokens.Length ? place + 1 : None, count));
        }

        for (int place = first; place < _places.Count; place++)
            Add(place);
    }

    private int IndexOf(string token)
    {
        if (!_indices.TryGetValue(token, out int index))
        {
            _indices.Add(token, index = _tokens.Count);
            _tokens.Add(token);
        }

        return index;
    }

    // From left to right, since places may overlap: in "aaa" the second "aa" is none after the first one is merged.
    private void Apply(TokenPair pair, int token)
    {
        List<int> found = _pairs[pair].Places;
        found.Sort();
        Span<Place> places = CollectionsMarshal.AsSpan(_places);
        foreach (int left in found)
        {
            if (PairAt(left) != pair)
                continue;
            Place merged = places[left], gone = places[merged.Next];
            Remove(merged.Before);
            Remove(left);
            Remove(merged.Next);
            places[merged.Next] = gone with { Token = None };
            places[left] = merged with { Token = token, Next = gone.Next };
            if (gone.Next != None)
                places[gone.Next] = places[gone.Next] with { Before = left };
            Add(merged.Before);
            Add(left);
        }

        ProposeChanged();
    }

    // The tokens at a place and at the next one; null: it is merged, or there is no next one.
    private TokenPair? PairAt(int place) => place != None && _places[place] is { Token: not None, Next: not None and var next } at
        ? new TokenPair(at.Token, _places[next].Token)
        : null;

    private void Add(int place)
    {
        if (PairAt(place) is not { } pair)
            return;
        Occurrences all = CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _) ??= new Occurrences();
        all.Count += _places[place].Count;
        all.Places.Add(place);
        _changed.Add(pair);
    }

    // The place stays in the list, where it is no longer of the pair.
    private void Remove(int place)
    {
        if (PairAt(place) is not { } pair)
            return;
        Occurrences all = _pairs[pair];
        all.Count -= _places[place].Count;
        if (all.Count == 0)
            _pairs.Remove(pair);
        _changed.Add(pair);
    }

    private long CountOf(TokenPair pair) => _pairs.TryGetValue(pair, out Occurrences? all) ? all.Count : 0;

    // Pairs that occur only once are not merged.
    private void ProposeChanged()
    {
        foreach (TokenPair pair in _changed)
        {
            if (CountOf(pair) is >= 2 and var count)
                _candidates.Enqueue(pair, new Candidate(count, pair));
        }

        _changed.Clear();
    }

    private readonly record struct Place(int Token, int Before, int Next, long Count);

    // How often a pair occurs, and the places of its left tokens, among those where it no longer is.
    private sealed class Occurrences
    {
        public long Count { get; set; }

        public List<int> Places { get; } = [];
    }

    // The most frequent first, then that of the lower indices.
    private readonly record struct Candidate(long Count, TokenPair Pair) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other) => Count != other.Count ? other.Count.CompareTo(Count) : Pair.CompareTo(other.Pair);
    }
}
