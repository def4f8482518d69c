using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
[SupportedOSPlatform("linux")]
public sealed class PatchedLibraryCacheTests
{
    private const UnixFileMode Only600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Only700 = Only600 | UnixFileMode.UserExecute;
    private static readonly byte[] Original = [1, 2, 3, 4];
    private static readonly byte[] Patched = [1, 2, 3, 6];

    [TestMethod]
    public void A_stored_copy_is_named_by_its_originals_hash_and_open_to_its_user_alone()
    {
        using var folder = new TemporaryFolder();
        var path = new PatchedLibraryCache(folder.At("cache")).Store(Original, Patched);

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Original)), Path.GetFileName(path));
        CollectionAssert.AreEqual(Patched, File.ReadAllBytes(path));
        Assert.AreEqual(Only600, File.GetUnixFileMode(path));
        Assert.AreEqual(Only700, File.GetUnixFileMode(folder.At("cache")));
        AssertHoldsOnly(folder.At("cache"), path);
    }

    [TestMethod]
    public void An_intact_copy_is_used_again_without_being_written()
    {
        using var folder = new TemporaryFolder();
        var cache = new PatchedLibraryCache(folder.At("cache"));
        var path = cache.Store(Original, Patched);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);

        Assert.AreEqual(path, cache.Store(Original, Patched));
        Assert.AreEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
    }

    [TestMethod]
    [DataRow(new byte[] { 1, 2, 3, 7 }, DisplayName = "tampered")]
    [DataRow(new byte[] { 1, 2 }, DisplayName = "truncated")]
    [DataRow(new byte[] { }, DisplayName = "empty")]
    [DataRow(new byte[] { 1, 2, 3, 6, 0 }, DisplayName = "longer")]
    public void A_copy_with_other_content_is_replaced(byte[] found)
    {
        using var folder = new TemporaryFolder();
        var cache = new PatchedLibraryCache(folder.At("cache"));
        var path = cache.Store(Original, Patched);
        File.WriteAllBytes(path, found);

        cache.Store(Original, Patched);
        CollectionAssert.AreEqual(Patched, File.ReadAllBytes(path));
        AssertHoldsOnly(folder.At("cache"), path);
    }

    [TestMethod]
    public void Permission_bits_that_were_widened_are_narrowed_again()
    {
        using var folder = new TemporaryFolder();
        var cache = new PatchedLibraryCache(folder.At("cache"));
        var path = cache.Store(Original, Patched);
        File.SetUnixFileMode(path, Only600 | UnixFileMode.OtherWrite);
        File.SetUnixFileMode(folder.At("cache"), Only700 | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);

        cache.Store(Original, Patched);
        Assert.AreEqual(Only600, File.GetUnixFileMode(path));
        Assert.AreEqual(Only700, File.GetUnixFileMode(folder.At("cache")));
    }

    [TestMethod]
    public void A_copy_that_is_a_symbolic_link_is_refused_and_its_target_stays_unchanged()
    {
        using var folder = new TemporaryFolder();
        var cache = new PatchedLibraryCache(folder.At("cache"));
        var path = cache.Store(Original, Patched);
        File.Move(path, folder.At("elsewhere"));
        File.WriteAllBytes(folder.At("elsewhere"), [9]);
        File.CreateSymbolicLink(path, folder.At("elsewhere"));

        var error = Assert.ThrowsExactly<IOException>(() => cache.Store(Original, Patched));
        Assert.Contains("symbolic link", error.Message);
        CollectionAssert.AreEqual(new byte[] { 9 }, File.ReadAllBytes(folder.At("elsewhere")));
    }

    [TestMethod]
    [DataRow(true, DisplayName = "to a folder")]
    [DataRow(false, DisplayName = "to nothing")]
    public void A_folder_that_is_a_symbolic_link_is_refused(bool targetExists)
    {
        using var folder = new TemporaryFolder();
        if (targetExists)
            folder.Folder("elsewhere");
        Directory.CreateSymbolicLink(folder.At("cache"), folder.At("elsewhere"));

        var error = Assert.ThrowsExactly<IOException>(() => new PatchedLibraryCache(folder.At("cache")).Store(Original, Patched));
        Assert.Contains("symbolic link", error.Message);
        Assert.AreEqual(targetExists, Directory.Exists(folder.At("elsewhere")));
        Assert.IsFalse(targetExists && Directory.EnumerateFileSystemEntries(folder.At("elsewhere")).Any());
    }

    [TestMethod]
    public void A_folder_of_another_user_is_refused()
    {
        // For other users, a folder of root exists; as root, the test makes a folder of another user.
        using var folder = new TemporaryFolder();
        var foreign = Environment.IsPrivilegedProcess ? folder.Folder("cache") : "/usr";
        if (Environment.IsPrivilegedProcess)
        {
            using var change = Process.Start("chown", ["1", foreign]);
            change.WaitForExit();
        }
        var before = Directory.GetLastWriteTimeUtc(foreign);
        var error = Assert.ThrowsExactly<IOException>(() => new PatchedLibraryCache(foreign).Store(Original, Patched));
        Assert.Contains("belongs to user", error.Message);
        Assert.AreEqual(before, Directory.GetLastWriteTimeUtc(foreign));
    }

    [TestMethod]
    public void A_write_that_fails_leaves_nothing_half_written()
    {
        using var folder = new TemporaryFolder();
        var cache = new PatchedLibraryCache(folder.At("cache"));
        var path = cache.Store(Original, Patched);
        File.Delete(path);
        Directory.CreateDirectory(path);

        Assert.ThrowsExactly<IOException>(() => cache.Store(Original, Patched));
        AssertHoldsOnly(folder.At("cache"), path);
    }

    [TestMethod]
    public void Many_at_once_agree_on_one_copy()
    {
        using var folder = new TemporaryFolder();
        var paths = Enumerable.Range(0, 32).AsParallel().WithDegreeOfParallelism(8)
            .Select(_ => new PatchedLibraryCache(folder.At("cache")).Store(Original, Patched)).Distinct().ToArray();
        Assert.HasCount(1, paths);
        AssertHoldsOnly(folder.At("cache"), paths[0]);
    }

    private static void AssertHoldsOnly(string folder, string path) =>
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFileSystemEntries(folder));
}
