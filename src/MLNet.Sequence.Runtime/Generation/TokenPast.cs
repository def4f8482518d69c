using System.Runtime.InteropServices;

namespace MLNet.Sequence.Generation;

/// <summary>
/// The tokens so far, and what was there before: which they are, and what has followed a run of them. Asking costs the same however
/// many there are.
/// </summary>
internal sealed class TokenPast
{
    // Of the runs whose followers are asked for; null: none are.
    private readonly int? _run;

    // The token at a place came after a run; the last earlier place after a run of the same hash, or −1.
    private readonly List<int> _tokens, _earlier;
    private readonly Dictionary<int, int> _latest;
    private readonly HashSet<int> _distinct;

    /// <param name="tokens">So far.</param>
    /// <param name="run">The length of the runs that <see cref="Followers"/> knows; null: it is not asked.</param>
    public TokenPast(IEnumerable<int> tokens, int? run = null)
    {
        (_run, _tokens, _earlier, _latest, _distinct) = (run, [], [], [], []);
        foreach (int token in tokens)
            Add(token);
    }

    private TokenPast(TokenPast other) =>
        (_run, _tokens, _earlier, _latest, _distinct) = (other._run, [.. other._tokens], [.. other._earlier], new(other._latest), [.. other._distinct]);

    /// <summary>In their order.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Each of them once.</summary>
    public IReadOnlyCollection<int> Distinct => _distinct;

    public void Add(int token)
    {
        int earlier = -1;
        if (_tokens.Count >= _run && LastRun() is var run)
        {
            earlier = _latest.GetValueOrDefault(Hash(run), -1);
            _latest[Hash(run)] = _tokens.Count;
        }

        _tokens.Add(token);
        _earlier.Add(earlier);
        _distinct.Add(token);
    }

    /// <summary>These and one more.</summary>
    public TokenPast With(int token)
    {
        var more = new TokenPast(this);
        more.Add(token);
        return more;
    }

    /// <summary>What has followed a run like the last one; some of it more than once where it came so in what was given.</summary>
    public IEnumerable<int> Followers()
    {
        if (_run is not { } length || _tokens.Count < length)
            yield break;
        for (int place = _latest.GetValueOrDefault(Hash(LastRun()), -1); place >= 0; place = _earlier[place])
        {
            if (All[(place - length)..place].SequenceEqual(LastRun()))
                yield return _tokens[place];
        }
    }

    private ReadOnlySpan<int> All => CollectionsMarshal.AsSpan(_tokens);

    private ReadOnlySpan<int> LastRun() => All[^_run!.Value..];

    private static int Hash(ReadOnlySpan<int> run)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(run));
        return hash.ToHashCode();
    }
}
