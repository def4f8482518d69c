using System.Runtime.InteropServices;

namespace MLNet.Sequence.Tokenizers;

/// <summary>Learns merges from the words of texts: only words in which a pair is merged are counted again.</summary>
internal sealed class BytePairLearning
{
    private readonly List<string> _tokens = [.. ByteAlphabet.Characters.Select(character => $"{character}")];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<Word> _words = [];
    private readonly Dictionary<TokenPair, long> _counts = [];

    // The words that have, or had, a pair.
    private readonly Dictionary<TokenPair, HashSet<int>> _users = [];

    // Pairs by their counts at some time; the present ones are among them.
    private readonly PriorityQueue<TokenPair, Candidate> _candidates = new();

    public BytePairLearning(IEnumerable<string> texts)
    {
        for (int token = 0; token < _tokens.Count; token++)
            _places.Add(_tokens[token], token);
        foreach ((string word, long count) in Counted(texts))
        {
            _words.Add(new Word(ByteAlphabet.Read(word), count));
            Count(_words.Count - 1, count, []);
        }

        foreach ((TokenPair pair, long count) in _counts)
            _candidates.Enqueue(pair, new Candidate(count, pair));
    }

    /// <summary>At most so many merges, the earliest first.</summary>
    public string[] Merges(int most)
    {
        var merges = new List<string>();
        while (merges.Count < most && _candidates.TryDequeue(out TokenPair pair, out Candidate candidate))
        {
            if (_counts[pair] != candidate.Count)
                continue;
            if (candidate.Count < 2)
                break;
            merges.Add($"{_tokens[pair.Left]} {_tokens[pair.Right]}");
            Apply(pair, PlaceOf(_tokens[pair.Left] + _tokens[pair.Right]));
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

    private int PlaceOf(string token)
    {
        if (!_places.TryGetValue(token, out int place))
        {
            _places.Add(token, place = _tokens.Count);
            _tokens.Add(token);
        }

        return place;
    }

    private void Apply(TokenPair pair, int token)
    {
        var changed = new HashSet<TokenPair>();
        _users.Remove(pair, out HashSet<int>? users);
        foreach (int user in users!)
        {
            Word word = _words[user];
            Count(user, -word.Count, changed);
            _words[user] = word with { Tokens = Merged(word.Tokens, pair, token) };
            Count(user, word.Count, changed);
        }

        foreach (TokenPair one in changed)
            _candidates.Enqueue(one, new Candidate(_counts[one], one));
    }

    // Adds a word's pairs to the counts, or takes them away.
    private void Count(int user, long count, HashSet<TokenPair> changed)
    {
        int[] tokens = _words[user].Tokens;
        for (int i = 1; i < tokens.Length; i++)
        {
            var pair = new TokenPair(tokens[i - 1], tokens[i]);
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += count;
            changed.Add(pair);
            if (count > 0)
                (CollectionsMarshal.GetValueRefOrAddDefault(_users, pair, out _) ??= []).Add(user);
        }
    }

    // From left to right.
    private static int[] Merged(int[] tokens, TokenPair pair, int token)
    {
        var merged = new List<int>(tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            bool both = i + 1 < tokens.Length && tokens[i] == pair.Left && tokens[i + 1] == pair.Right;
            merged.Add(both ? token : tokens[i]);
            i += both ? 1 : 0;
        }

        return [.. merged];
    }

    private readonly record struct Word(int[] Tokens, long Count);

    // The most frequent first, then that of the lower indices.
    private readonly record struct Candidate(long Count, TokenPair Pair) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other) => Count != other.Count ? other.Count.CompareTo(Count) : Pair.CompareTo(other.Pair);
    }
}
