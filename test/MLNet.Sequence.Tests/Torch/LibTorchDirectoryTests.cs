using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
public sealed class LibTorchDirectoryTests
{
    [TestMethod]
    public void An_empty_folder_is_refused_and_every_missing_file_listed()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.ThrowsExactly<FileNotFoundException>(() => LibTorchDirectory.Open(folder.Path));
        Assert.Contains(folder.Path, error.Message);
        foreach (var file in NativeNames.Required)
            Assert.Contains(file, error.Message);
    }

    [TestMethod]
    public void Only_the_files_that_are_missing_are_listed()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.Path);
        File.Delete(folder.At(NativeNames.TorchCpu));
        var error = Assert.ThrowsExactly<FileNotFoundException>(() => LibTorchDirectory.Open(folder.Path));
        Assert.Contains($"missing: {NativeNames.TorchCpu}.", error.Message);
    }

    [TestMethod]
    public void A_folder_that_does_not_exist_is_named()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.ThrowsExactly<DirectoryNotFoundException>(() => LibTorchDirectory.Open(folder.At("none")));
        Assert.Contains(folder.At("none"), error.Message);
    }

    [TestMethod]
    public void The_folder_above_the_libraries_serves_as_well()
    {
        using var folder = new TemporaryFolder();
        Fill(folder.Folder("lib"));
        Assert.AreEqual(folder.At("lib"), LibTorchDirectory.Open(folder.Path + Path.DirectorySeparatorChar).Libraries);
        Assert.AreEqual(LibTorchDirectory.Open(folder.Path), LibTorchDirectory.Open(folder.At("lib")));
    }

    [TestMethod]
    [DataRow("build-version", "2.7.1+cu128\n", "2.7.1+cu128")]
    [DataRow("build-version", "2.1.0", "2.1.0")]
    [DataRow("build-version", "2.110.0", "2.110.0")]
    [DataRow("version.py", "from typing import Optional\n\n__all__ = ['__version__']\n__version__ = '2.6.0+cpu'\ndebug = False\n", "2.6.0+cpu")]
    public void Another_version_is_a_warning_that_names_both(string file, string content, string version)
    {
        using var folder = new TemporaryFolder();
        Fill(folder.Folder("lib"));
        File.WriteAllText(folder.At(file), content);
        var directory = LibTorchDirectory.Open(folder.At("lib"));
        Assert.AreEqual(version, directory.Version);
        Assert.Contains(version, directory.VersionWarning!);
        Assert.Contains(NativeNames.LibTorchVersion, directory.VersionWarning!);
    }

    [TestMethod]
    [DataRow("2.10.0")]
    [DataRow("2.10.0+cpu")]
    [DataRow("2.10.1")]
    [DataRow("2.11.0+cu130")]
    [DataRow("")]
    public void A_version_that_was_tried_or_none_is_no_warning(string version)
    {
        using var folder = new TemporaryFolder();
        Fill(folder.Folder("lib"));
        File.WriteAllText(folder.At("build-version"), version);
        Assert.IsNull(LibTorchDirectory.Open(folder.Path).VersionWarning);
    }

    private static void Fill(string folder)
    {
        foreach (var file in NativeNames.Required)
            File.WriteAllText(Path.Combine(folder, file), "");
    }
}
